enum PlaceholderEventLog {}
