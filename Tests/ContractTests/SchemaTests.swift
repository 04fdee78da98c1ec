import Foundation
import Ledger
import Teller
import TellerIntegrationKit
import Testing

@Suite(.enabled(if: ContractTools.areExpected, "\(ContractTools.missing ?? "")"))
struct `The JSON Schemas` {
  @Test(arguments: ["request", "outcome", "dead-letter-pointer"])
  func `hold for their own examples`(name: String) throws {
    let verdicts = try ContractFiles.check("examples", ContractFiles.file("\(name).schema.json").path)
    #expect(!verdicts.isEmpty)
    #expect(verdicts.allSatisfy { $0 == "valid" }, "\(verdicts)")
  }

  @Test func `hold for what Teller takes`() throws {
    for text in RequestCorpus.taken { #expect(deadCode(of: text) == nil, "\(text.prefix(300))") }
    let verdicts = try ContractFiles.verdicts(of: "request.schema.json", on: RequestCorpus.taken)
    for (text, verdict) in zip(RequestCorpus.taken, verdicts) {
      #expect(verdict == "valid", "\(text.prefix(300))")
    }
    #expect(verdicts.count == RequestCorpus.taken.count)
  }

  @Test func `refuse what Teller refuses, as far as a schema can see it`() throws {
    for text in RequestCorpus.refused { #expect(deadCode(of: text) != nil, "\(text.prefix(300))") }
    let verdicts = try ContractFiles.verdicts(of: "request.schema.json", on: RequestCorpus.refused)
    for (text, verdict) in zip(RequestCorpus.refused, verdicts) {
      #expect(verdict != "valid", "\(text.prefix(300))")
    }
    #expect(verdicts.count == RequestCorpus.refused.count)
  }

  /// So that nobody relies on the schema for it; each is named in the schema's descriptions.
  @Test func `do not see what only words can say`() throws {
    for text in RequestCorpus.unseen { #expect(deadCode(of: text) != nil, "\(text.prefix(300))") }
    let verdicts = try ContractFiles.verdicts(of: "request.schema.json", on: RequestCorpus.unseen)
    for (text, verdict) in zip(RequestCorpus.unseen, verdicts) {
      #expect(verdict == "valid", "\(text.prefix(300))")
    }
  }

  private func deadCode(of value: String) -> DeadLetterCause.Code? {
    var decoder = JSONTransferDecoder(topic: "transfers")
    let key = Array("acct-00000042".utf8)
    switch decoder.decode(key: key.span.bytes, value: Array(value.utf8).span.bytes) {
    case .job: return nil
    case .dead(let cause, _): return cause.code
    }
  }

  @Test(arguments: OutcomeCorpus.valid)
  func `hold for events`(text: String) throws {
    #expect(try ContractFiles.verdicts(of: "outcome.schema.json", on: [text]) == ["valid"])
  }

  @Test func `refuse what is no event`() throws {
    let verdicts = try ContractFiles.verdicts(of: "outcome.schema.json", on: OutcomeCorpus.invalid)
    for (text, verdict) in zip(OutcomeCorpus.invalid, verdicts) { #expect(verdict != "valid", "\(text)") }
    #expect(verdicts.count == OutcomeCorpus.invalid.count)
  }

  @Test func `name every code of the ledger, and no other`() throws {
    let values = (LedgerRejection.allCases.map(\.rawValue) + ["unheard_of"]).map { code in
      OutcomeCorpus.event("rejected", code: code, first: code == "idempotency_key_reused")
    }
    let rejected = try ContractFiles.verdicts(of: "outcome.schema.json", on: values)
    #expect(rejected.dropLast().allSatisfy { $0 == "valid" } && rejected.last != "valid", "\(rejected)")
    let causes = (DeadLetterCause.Code.allCases.map(\.rawValue) + ["unheard_of"]).map { code in
      OutcomeCorpus.event("dead", code: code)
    }
    let dead = try ContractFiles.verdicts(of: "outcome.schema.json", on: causes)
    #expect(dead.dropLast().allSatisfy { $0 == "valid" } && dead.last != "valid", "\(dead)")
  }
}
