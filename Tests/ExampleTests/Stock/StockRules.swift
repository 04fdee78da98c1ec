/// The rules of the warehouse: no clock, no I/O, no randomness.
enum StockRules {
  enum Decision: Equatable {
    case moved(onHand: Int64)
    case rejected(StockRejection)
  }

  /// - Parameter onHand: units on the shelf, as the movements before this one left them; 0 for one never used.
  static func decide(_ movement: StockMovement, onHand: Int64) -> Decision {
    let left = onHand + Int64(movement.quantity)
    return left >= 0 ? .moved(onHand: left) : .rejected(.outOfStock)
  }
}

/// Why a movement is refused for good.
enum StockRejection: String {
  /// More units were to leave than were there.
  case outOfStock = "out_of_stock"
}
