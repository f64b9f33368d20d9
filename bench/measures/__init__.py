"""The measures. Each is a function of a bench that yields figures; none knows another."""
