"""Who may do what at the web's doors: pure rules, no I/O."""
