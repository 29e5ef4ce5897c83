"""What every Haveri service stands on: settings, database, outbox, timers, bus, telemetry, health."""
