/// What an order event asks: units come to a shelf, or leave it.
struct StockMovement: Equatable, Sendable {
  /// Where the units are.
  let shelf: Shelf
  /// How many: positive ones arrive, negative ones leave. Never 0. 32 bits, so that no sum of a batch overflows.
  let quantity: Int32
}

/// One article in one warehouse: the row that a movement changes.
///
/// The topic is keyed by SKU, so all shelves of an article have one writer, and a row that is missing cannot be
/// made by another.
struct Shelf: Hashable, Sendable {
  let sku: String
  let warehouse: String
}
