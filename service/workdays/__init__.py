"""Working days (工作日): the calendar, terms and deadlines, and periods in which works are stopped (封土、管控)."""
