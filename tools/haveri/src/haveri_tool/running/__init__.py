"""`haveri up`: what runs in a house on one machine, and in which order it comes up."""
