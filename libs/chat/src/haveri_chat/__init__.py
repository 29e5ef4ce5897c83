"""What every Haveri chat gateway shares: command grammar, cards and forms as data, the ChatPlatform port, the incident workflow."""
