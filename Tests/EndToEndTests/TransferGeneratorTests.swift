import Foundation
import Testing

@testable import TellerCLI

@Suite struct `A transfer generator` {
  private func settings(_ count: UInt64 = 20_000, seed: UInt64 = 7) -> TransferGenerator.Settings {
    var settings = TransferGenerator.Settings(count: count, accounts: 100, seed: seed)
    settings.duplicates = 0.1
    settings.poison = 0.1
    settings.misrouted = 0.05
    settings.hot = 0.2
    return settings
  }

  private func fields(_ request: GeneratedRequest) throws -> [String: Any] {
    let value = Data(try #require(request.value))
    return try #require(try JSONSerialization.jsonObject(with: value) as? [String: Any])
  }

  @Test func `makes requests as the format asks`() throws {
    let uuid = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/
    for request in TransferGenerator(settings(2000)) where request.kind == .transfer || request.isMisrouted {
      let fields = try fields(request)
      #expect(
        Set(fields.keys) == ["idempotency_key", "debit_account", "credit_account", "amount", "currency"])
      #expect((fields["idempotency_key"] as? String)?.wholeMatch(of: uuid) != nil)
      let debit = try #require(fields["debit_account"] as? String)
      #expect(debit.utf8.elementsEqual(try #require(request.key)))
      #expect(debit.wholeMatch(of: /acct-000000\d\d/) != nil)
      #expect(debit != fields["credit_account"] as? String)
      #expect((1...1000).contains(try #require(fields["amount"] as? Int)))
      #expect(fields["currency"] as? String == "EUR")
    }
  }

  @Test func `makes the same bytes from the same seed, and others from another`() {
    #expect(Array(TransferGenerator(settings(3000))) == Array(TransferGenerator(settings(3000))))
    let one = Set(TransferGenerator(settings(3000)).compactMap(\.value))
    let other = Set(TransferGenerator(settings(3000, seed: 8)).compactMap(\.value))
    let notRandom = [PoisonShape.deepNesting, .notAnObject].count
    #expect(one.intersection(other).count <= notRandom)
  }

  @Test func `keeps what it sends when only the count or the shares change`() {
    var plain = settings(1000)
    (plain.duplicates, plain.poison, plain.misrouted) = (0, 0, 0)
    let mixed = TransferGenerator(settings(1000)).filter { $0.kind == .transfer }
    #expect(Array(TransferGenerator(plain)).starts(with: mixed))
  }

  @Test func `never uses one idempotency key for two meanings`() throws {
    var seen: [String: [UInt8]] = [:]
    var other = settings()
    other.currency = "USD"
    var valued = settings()
    valued.hot = 0.3
    for request in [settings(), other, valued].flatMap({ Array(TransferGenerator($0)) }) {
      if case .poison = request.kind { continue }
      let key = try #require(try fields(request)["idempotency_key"] as? String)
      #expect(seen[key, default: request.value ?? []] == request.value)
      seen[key] = request.value
    }
  }

  /// A misrouted or a poisoned record is undecided: were its key also a transfer's, neither could be judged.
  @Test func `gives a key of its own to whatever is no repeat`() {
    let opening = Array(#"{"idempotency_key":""#.utf8)
    var seen: Set<[UInt8]> = []
    for request in TransferGenerator(settings()) where !request.kind.isDuplicate {
      guard let value = request.value, value.starts(with: opening) else { continue }
      #expect(seen.insert(Array(value[opening.count..<opening.count + 36])).inserted, "\(request.kind)")
    }
    #expect(seen.count > 15_000)
  }

  @Test func `repeats transfers byte for byte, near and far`() {
    var sent: [[UInt8]: (ordinal: Int, key: [UInt8]?)] = [:]
    var farthest = 0
    for request in TransferGenerator(settings()) {
      let before = request.value.flatMap { sent[$0] }
      switch request.kind {
      case .transfer:
        #expect(before == nil)
        sent[request.value ?? []] = (sent.count, request.key)
      case .nearDuplicate, .farDuplicate:
        guard let before else {
          Issue.record("\(request) was never sent")
          continue
        }
        #expect(before.key == request.key)
        if request.kind == .nearDuplicate { #expect(before.ordinal == sent.count - 1) }
        farthest = Swift.max(farthest, sent.count - before.ordinal)
      default: #expect(before == nil)
      }
    }
    #expect(farthest > 10_000)
  }

  @Test func `keeps to the shares`() {
    var counts: [String: Int] = [:]
    for request in TransferGenerator(settings()) {
      switch request.kind {
      case .poison: counts["poison", default: 0] += 1
      case .nearDuplicate, .farDuplicate: counts["duplicates", default: 0] += 1
      case .misrouted: counts["misrouted", default: 0] += 1
      case .transfer: counts["transfers", default: 0] += 1
      }
    }
    #expect((1800...2200).contains(counts["poison"] ?? 0))
    #expect((1800...2200).contains(counts["duplicates"] ?? 0))
    #expect((850...1150).contains(counts["misrouted"] ?? 0))
    #expect(counts.values.reduce(0, +) == 20_000)
  }

  @Test func `pays into the hot account as often as asked, and debits all accounts`() throws {
    var debits: Set<String> = []
    var hot = 0
    let transfers = TransferGenerator(settings()).filter { $0.kind == .transfer }
    for request in transfers {
      let fields = try fields(request)
      debits.insert(try #require(fields["debit_account"] as? String))
      if fields["credit_account"] as? String == "acct-00000000" { hot += 1 }
    }
    #expect(debits.count == 100)
    // A fifth by choice, and a hundredth of the rest by chance.
    #expect((0.19...0.23).contains(Double(hot) / Double(transfers.count)))
  }

  @Test func `makes every shape of poison, each as its name says`() throws {
    var shapes: [PoisonShape: GeneratedRequest] = [:]
    var poison = settings()
    (poison.duplicates, poison.poison, poison.misrouted) = (0, 1, 0)
    for request in TransferGenerator(poison) {
      if case .poison(let shape) = request.kind { shapes[shape] = request }
    }
    #expect(Set(shapes.keys) == Set(PoisonShape.allCases))
    for (shape, request) in shapes {
      let value = request.value ?? []
      switch shape.code {
      case "undecodable":
        #expect(throws: (any Error).self) { try JSONSerialization.jsonObject(with: Data(value)) }
      case "too_large": #expect(value.count > 65_536 || (request.key?.count ?? 0) > 128)
      case "misrouted": #expect((request.key ?? []).isEmpty)
      default:
        #expect(
          shape == .notAnObject || shape == .amountHuge || shape == .repeatedField
            || (try? fields(request)) != nil)
      }
    }
    #expect(String(validating: shapes[.invalidUTF8]?.value ?? [], as: UTF8.self) == nil)
  }

  @Test func `escapes a prefix, and works with two accounts and with none to make`() throws {
    var odd = TransferGenerator.Settings(count: 50, accounts: 2, seed: 1)
    odd.prefix = "a\"b\\é-"
    odd.hot = 1
    for request in TransferGenerator(odd) {
      #expect(try fields(request)["debit_account"] as? String == "a\"b\\é-00000001")
      #expect(try fields(request)["credit_account"] as? String == "a\"b\\é-00000000")
    }
    #expect(Array(TransferGenerator(TransferGenerator.Settings(count: 0, accounts: 2, seed: 1))).isEmpty)
  }

  /// Vectors of the generator's published reference (seed 1234567).
  @Test func `draws from SplitMix64`() {
    var random = SplitMix64(seed: 1_234_567)
    #expect(
      (0..<3).map { _ in random.next() } == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      ])
  }
}
