import Digests
import Ledger
import Teller
import Testing

@Suite struct `A ledger fingerprint` {
  static func fingerprint(_ request: LedgerRequest) -> Fingerprint {
    var digester = SHA256Digester()
    return Fingerprint(of: request, digester: &digester)
  }

  static func movement(
    _ debit: String, _ credit: String, _ amount: Int64, _ currency: String, _ reference: String?
  ) throws -> LedgerRequest {
    let detail = reference.map { TransferDetail(reference: $0) }
    let currency = try #require(Currency(currency))
    return .transfer(
      Transfer(debitAccount: debit, creditAccount: credit, amount: amount, currency: currency, detail: detail)
    )
  }

  /// Made with Python's hashlib and struct from the description at `Fingerprint.init(of:digester:)`.
  @Test func `has the bits that Python computes`() throws {
    let (debit, credit) = ("acct-00000042", "acct-00000007")
    let rows: [(LedgerRequest, UInt128)] = try [
      (Self.movement(debit, credit, 1250, "EUR", nil), 0x5dcb_a3ad_579e_2465_ef27_4aaa_54ff_7ebb),
      (Self.movement(debit, credit, 1250, "EUR", ""), 0xc833_a80c_9b21_d31f_82d8_d873_877b_30e7),
      (Self.movement(debit, credit, 1250, "EUR", "Rechnung № 7"), 0xb7a1_fd32_9b2f_1180_884d_2eb1_475f_3e2e),
      (
        Self.movement(
          String(repeating: "a", count: 128), "b", .max, "ABCDEFGH", String(repeating: "r", count: 256)),
        0xcf51_2b20_7fc5_9b4e_8c1a_b351_6bd5_dff6
      ),
      (Self.opening(overdraft: 0), 0xc90b_8c5f_736f_2830_f066_9b8e_3aab_f328),
      (Self.opening(overdraft: 500), 0x0be0_3eab_d02c_676e_564c_1a5c_4478_5bb8),
    ]
    for (request, bits) in rows {
      #expect(Self.fingerprint(request) == Fingerprint(bits: bits, version: 1))
    }
  }

  static func opening(overdraft: Int64) throws -> LedgerRequest {
    let currency = try #require(Currency("EUR"))
    return .openAccount(AccountOpening(account: "acct-00000042", currency: currency, overdraft: overdraft))
  }

  @Test func `does not depend on order, spelling, request time or metadata`() {
    let plain = decode(transfer())
    let same = [
      """
      {"currency":"EUR","amount":1250,"credit_account":"acct-00000007","debit_account":"acct-00000042",
      "idempotency_key":"k-1"}
      """,
      transfer(["type": "\"transfer\"", "credit_account": "\"\\u0061cct-00000007\""]),
      transfer(["requested_at": "\"2026-03-01T09:30:00Z\""]),
      transfer(["metadata": "{\"shop\":7}"]),
      transfer(["reference": "null"]),
      transfer(key: "\"another\""),
    ]
    for value in same {
      let verdict = decode(value)
      #expect(verdict.request != nil)
      #expect(verdict.fingerprint == plain.fingerprint)
    }
  }

  @Test func `depends on everything that has meaning`() {
    let values = [
      transfer(), transfer(["amount": "1251"]), transfer(["currency": "\"USD\""]),
      transfer(["credit_account": "\"acct-00000008\""]), transfer(["reference": "\"\""]),
      transfer(["reference": "\"r\""]),
    ]
    let verdicts = values.map { decode($0) } + [decode(Records.opening)]
    #expect(verdicts.allSatisfy { $0.fingerprint != nil })
    #expect(Set(verdicts.map(\.fingerprint)).count == verdicts.count)
  }
}
