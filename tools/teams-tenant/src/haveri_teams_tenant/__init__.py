"""A local Microsoft 365 tenant: identity, Bot Connector, Graph, a chat page for people and a control API for tests."""
