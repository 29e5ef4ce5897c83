"""The way out to Teams: Bot Connector, Graph, and the ChatPlatform that the workflow sees."""
