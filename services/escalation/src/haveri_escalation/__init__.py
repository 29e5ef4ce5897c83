"""Someone always answers: policies as data, timed steps, calls until somebody answers."""
