"""Microsoft Teams for Haveri: Bot Framework in, Bot Connector and Graph out."""
