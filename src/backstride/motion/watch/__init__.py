"""Direction from a watch: a hidden Markov model over speed, cadence, heart rate and dynamics."""
