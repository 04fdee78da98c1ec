import CommandTable

extension TransferGenerator {
  /// What to generate.
  struct Settings: Equatable, Sendable {
    /// How many records, all kinds together.
    var count: UInt64
    /// Among how many accounts; at least 2, since a transfer has two.
    var accounts: UInt32
    /// What stands before the 8 digits of an id.
    var prefix = "acct-"
    /// The currency of every transfer.
    var currency = "EUR"
    /// What all is drawn from.
    var seed: UInt64
    /// Share of records that repeat an earlier transfer.
    var duplicates = 0.0
    /// Share of records that cannot be decided.
    var poison = 0.0
    /// Share of records for the wrong partition.
    var misrouted = 0.0
    /// Share of transfers that pay into account 0.
    var hot = 0.0
    /// Amounts are drawn from 1 to this, in minor units.
    var amountMax: UInt64 = 1000

    /// Settings from their parts.
    init(count: UInt64, accounts: UInt32, seed: UInt64) {
      precondition(accounts >= 2, "a transfer needs two accounts")
      self.count = count
      self.accounts = accounts
      self.seed = seed
    }

    /// The settings that a command line asks for; a seed is drawn where none is given.
    init(_ invocation: Invocation) throws(UsageError) {
      self.init(
        count: UInt64(invocation.integer("--count") ?? 1000),
        accounts: UInt32(try invocation.requiredInteger("--accounts")),
        // A drawn seed is short enough to be typed again.
        seed: invocation.integer("--seed").map { UInt64(bitPattern: $0) }
          ?? UInt64.random(in: 0..<1_000_000_000_000))
      prefix = try AccountNames.prefix(invocation)
      currency = try AccountNames.currency(invocation)
      duplicates = invocation.share("--duplicates") ?? 0
      poison = invocation.share("--poison") ?? 0
      misrouted = invocation.share("--misrouted") ?? 0
      hot = invocation.share("--hot") ?? 0
      guard duplicates + poison + misrouted <= 1 else {
        throw UsageError(
          .contradiction, what: "--duplicates, --poison and --misrouted add up to more than 1",
          why: "they are shares of the same records", hint: "lower one of them")
      }
    }

    /// The seed with everything that changes what a transfer says, so that two runs of one seed and other
    /// accounts do not use the same idempotency key for two meanings. The shares and the count change only
    /// the order.
    var base: UInt64 {
      var hash = SplitMix64.mixed(seed)
      for byte in Array(prefix.utf8) + [0] + Array(currency.utf8) {
        hash = SplitMix64.mixed(hash ^ UInt64(byte))
      }
      for part in [UInt64(accounts), hot.bitPattern, amountMax] { hash = SplitMix64.mixed(hash ^ part) }
      return hash
    }
  }
}
