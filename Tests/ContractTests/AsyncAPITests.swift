import Foundation
import Teller
import TellerIntegrationKit
import Testing

@Suite(.enabled(if: ContractTools.areExpected, "\(ContractTools.missing ?? "")"))
struct `The AsyncAPI document` {
  private struct Description: Decodable {
    let version: String
    let references: Int
    let addresses: [String]
    let headers: [String: [String]]
  }

  private func description() throws -> Description {
    let lines = try ContractFiles.check("describe", ContractFiles.file("asyncapi.yaml").path)
    return try JSONDecoder().decode(Description.self, from: Data((lines.first ?? "").utf8))
  }

  @Test func `parses, and its references resolve`() throws {
    let description = try description()
    #expect(description.version == "3.0.0")
    #expect(description.references > 20)
    let outputs = OutputTopic.allCases.map { $0.name(beside: "{topic}") }
    #expect(description.addresses == ["{topic}"] + outputs)
  }

  @Test func `has the outcome headers of Published md`() throws {
    let published = try ContractFiles.document("Sources/Teller/Teller.docc/Published.md")
    let table = published.split(separator: "\n").filter { $0.hasPrefix("| `t") }
    let documented = table.flatMap { names(in: String($0.split(separator: "|")[0])) }
    #expect(documented.count == 12)
    #expect(try description().headers["outcome"] == documented)
  }

  @Test func `has the dead letter headers of Published md`() throws {
    let published = try ContractFiles.document("Sources/Teller/Teller.docc/Published.md")
    let chapter = try #require(published.components(separatedBy: "## Dead letters").last)
    let paragraphs = chapter.components(separatedBy: "\n\n").filter { $0.contains("`teller-code`") }
    let documented = names(in: try #require(paragraphs.first))
    #expect(documented.count == 8)
    #expect(try description().headers["dead-letter"] == documented)
    #expect(try description().headers["pointer"] == ["teller-pointer"] + documented)
  }

  /// The words in backquotes that name headers.
  private func names(in text: String) -> [String] {
    text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 1 && ($0.element.hasPrefix("teller-") || $0.element == "traceparent") }
      .map { String($0.element) }
  }

  @Test func `tells right headers from wrong ones`() throws {
    let event = """
      {"teller-outcome":"rejected","teller-code":"insufficient_funds",
      "teller-event-id":"2f76b450-843c-843b-959b-784cd7aec7ea","teller-idempotency-key":"order-1",
      "teller-origin-topic":"transfers","teller-origin-partition":"0","teller-origin-offset":"41",
      "teller-previous-offset":"40","teller-incarnation":"1","teller-epoch":"3",
      "teller-history":"1:5b0f3c9e-7d11-4a4e-8c39-2f6a1e0d9b77"}
      """
    let changes = [
      ("\"rejected\"", "\"applied\""), ("\"teller-code\":\"insufficient_funds\",", ""),
      ("\"41\"", "41"), ("\"41\"", "\"041\""), ("\"41\"", "\"-1\""), ("\"teller-epoch\":\"3\",", ""),
      ("-843b-", "-743b-"), ("1:5b0f3c9e", "1:5B0F3C9E"), ("\"1:5b0f", "\"5b0f"), ("\"1\"", "\"0\""),
      ("\"teller-idempotency-key\":\"order-1\",", ""), ("\"order-1\"", "\"\""),
    ]
    let schema = "asyncapi.yaml#/components/schemas/outcome-headers"
    let texts = [event] + changes.map { event.replacing($0.0, with: $0.1, maxReplacements: 1) }
    let verdicts = try ContractFiles.verdicts(of: schema, on: texts)
    #expect(verdicts.first == "valid")
    for (verdict, change) in zip(verdicts.dropFirst(), changes) {
      #expect(verdict.hasPrefix("invalid"), "\(change)")
    }
  }
}
