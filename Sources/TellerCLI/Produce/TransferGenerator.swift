/// Makes transfers, and records that are meant to go wrong, from a seed: the same settings give the same
/// bytes.
///
/// A transfer is a function of the seed and its ordinal alone, so that one sent long ago is made again
/// without having been kept. It makes a million records in about a second, so that it is never what a test
/// measures.
struct TransferGenerator: Sequence, IteratorProtocol, Sendable {
  /// The settings it was made with.
  let settings: Settings
  private let template: RequestTemplate
  private let base: UInt64
  private var index: UInt64 = 0
  private var transfers: UInt64 = 0

  init(_ settings: Settings) {
    self.settings = settings
    template = RequestTemplate(prefix: settings.prefix, currency: settings.currency)
    base = settings.base
  }

  /// The next record, or nil after `count` of them.
  mutating func next() -> GeneratedRequest? {
    guard index < settings.count else { return nil }
    var random = SplitMix64(seed: Self.seed(base, .record, index))
    index += 1
    let draw = random.fraction()
    if draw < settings.poison { return poison(&random) }
    if draw < settings.poison + settings.misrouted {
      let parts = parts(.misrouted, index)
      return GeneratedRequest(key: template.id(parts.debit), value: template.value(parts), kind: .misrouted)
    }
    if transfers > 0, draw < settings.poison + settings.misrouted + settings.duplicates {
      let isNear = random.next() & 1 == 0
      let ordinal = isNear ? transfers - 1 : random.below(transfers)
      return transfer(ordinal, isNear ? .nearDuplicate : .farDuplicate)
    }
    transfers += 1
    return transfer(transfers - 1, .transfer)
  }

  private func transfer(_ ordinal: UInt64, _ kind: GeneratedRequest.Kind) -> GeneratedRequest {
    let parts = parts(.transfer, ordinal)
    return GeneratedRequest(key: template.id(parts.debit), value: template.value(parts), kind: kind)
  }

  private func poison(_ random: inout SplitMix64) -> GeneratedRequest {
    let shapes = random.below(100) == 0 ? PoisonShape.large : PoisonShape.small
    let shape = shapes[Int(random.below(UInt64(shapes.count)))]
    return template.poison(shape, parts(.poison, index))
  }

  /// Each kind draws from numbers of its own, so that no two kinds share an idempotency key.
  private enum Domain: UInt64 { case record = 1, transfer, misrouted, poison }

  private static func seed(_ base: UInt64, _ domain: Domain, _ ordinal: UInt64) -> UInt64 {
    SplitMix64.mixed(base ^ SplitMix64.mixed(ordinal &* 8 &+ domain.rawValue))
  }

  private func parts(_ domain: Domain, _ ordinal: UInt64) -> RequestTemplate.Parts {
    var random = SplitMix64(seed: Self.seed(base, domain, ordinal))
    let high = random.next()
    let low = random.next()
    let accounts = UInt64(settings.accounts)
    let isHot = random.fraction() < settings.hot
    // The debit is never the credit: a hot credit is account 0, so its debit is one of the others.
    let debit = isHot ? 1 + random.below(accounts - 1) : random.below(accounts)
    let credit = isHot ? 0 : (debit + 1 + random.below(accounts - 1)) % accounts
    return RequestTemplate.Parts(
      high: high, low: low, debit: debit, credit: credit, amount: 1 + random.below(settings.amountMax))
  }
}
