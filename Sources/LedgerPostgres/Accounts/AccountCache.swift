internal import Ledger

/// What this process knows of accounts: surrogate id and currency, which never change. Never a balance.
///
/// Holds only committed rows, and is dropped on every rollback, reconnect and takeover: an id that was rolled back
/// would move money on the wrong account.
struct AccountCache {
  struct Entry {
    let id: Int64
    let currency: Currency
    /// The batch that touched it last, and its slot there: saves a second look-up by id.
    var batch = 0
    var slot: Int32 = 0
  }

  /// Entries kept; more than this are forgotten at once rather than one by one.
  static let entriesMax = 250_000
  private var places: [AccountKey: Int32] = [:]
  private(set) var entries: [Entry] = []

  func place(of name: String) -> Int32? { places[AccountKey(name)] }

  subscript(place: Int32) -> Entry {
    get { entries[Int(place)] }
    set { entries[Int(place)] = newValue }
  }

  mutating func add(_ name: String, id: Int64, currency: Currency) {
    if entries.count >= Self.entriesMax { forget() }
    places[AccountKey(name)] = Int32(entries.count)
    entries.append(Entry(id: id, currency: currency))
  }

  mutating func forget() {
    places.removeAll(keepingCapacity: true)
    entries.removeAll(keepingCapacity: true)
  }
}
