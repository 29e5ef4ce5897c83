"""What every Haveri chat gateway shares: grammar, cards and forms as data, the platform's port, the workflow."""
