internal import Ledger

/// The accounts a batch touches, one slot each: loaded under lock, changed by each decision, written once.
struct BatchAccounts {
  /// What is known of a slot besides its state.
  struct Slot {
    /// 0: not found, or not opened yet.
    var id: Int64
    /// Where the locked row lies; nil for an account that this batch opens.
    var place: UInt64?
    /// The state's version as it was loaded; a slot with another version is written back.
    var loadedVersion: Int64 = 0
    var isOpen: Bool
  }

  /// An account that a batch opens.
  struct Opened {
    let slot: Int
    let name: String
    let offset: Int64
    let overdraft: Int64
  }

  var states: [AccountState] = []
  var slots: [Slot] = []
  /// Names without a known id, and their slots.
  private(set) var unknown: [AccountKey: Int] = [:]
  var opened: [Opened] = []

  mutating func removeAll() {
    states.removeAll(keepingCapacity: true)
    slots.removeAll(keepingCapacity: true)
    unknown.removeAll(keepingCapacity: true)
    opened.removeAll(keepingCapacity: true)
  }

  /// A slot for an account whose id is known; its row is still to be locked.
  mutating func add(id: Int64, currency: Currency) -> Int {
    slots.append(Slot(id: id, place: nil, isOpen: false))
    states.append(AccountState(balance: 0, version: 0, overdraft: .limit(0), currency: currency))
    return slots.count - 1
  }

  /// The slot of a name that nobody knows yet. Its currency is whatever the request names, until it is opened.
  mutating func add(unknown name: String, currency: Currency) -> Int {
    if let slot = unknown[AccountKey(name)] { return slot }
    slots.append(Slot(id: 0, place: nil, isOpen: false))
    states.append(AccountState(balance: 0, version: 0, overdraft: .limit(0), currency: currency))
    unknown[AccountKey(name)] = slots.count - 1
    return slots.count - 1
  }

  /// An unknown name turned out to exist.
  mutating func found(_ name: String, id: Int64, currency: Currency) {
    guard let slot = unknown.removeValue(forKey: AccountKey(name)) else { return }
    slots[slot].id = id
    states[slot].currency = currency
  }

  /// The slot if its account exists, for the rules.
  func existing(_ slot: Int32) -> Int? { slots[Int(slot)].isOpen ? Int(slot) : nil }
}
