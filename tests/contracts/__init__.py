"""What every implementation of a contract must do; each implementation's test imports it and says how it is opened."""
