enum PlaceholderCommandTable {}
