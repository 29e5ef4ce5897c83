"""HTTP in, HTTP out: translate and delegate."""
