"""The ground that both stores stand on: it knows neither database.

What it holds is the same for both and concerns no noun.
"""
