"""Measures how fast, how light and how safe the bridge is: as ratios within one run, never as a test that can fail.

Everything happens on this machine: a world that stands for Slack and the carrier, callers that stand for the carrier's
webhooks, two programs to compare with, and the daemon as it is installed. What is started is ended, by its own pid.
"""
