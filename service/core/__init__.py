"""What every package needs and none owns: settings, database, errors, time, logs."""
