"""Who is calling us, and who we are when we call."""
