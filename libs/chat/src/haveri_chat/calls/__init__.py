"""How members are called in chat, and how an incident's channel is notified of what its escalation does."""
