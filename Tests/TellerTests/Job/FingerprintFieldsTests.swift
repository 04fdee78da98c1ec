import Teller
import Testing

/// Vectors: Python's `hashlib.sha256(version.to_bytes(2, "big") + b"".join(len(f).to_bytes(4, "big") + f for f in …))`.
@Suite struct `A fingerprint of fields` {
  @Test func `agrees with a vector made elsewhere`() {
    let fingerprint = Fingerprint(version: 1, fields: ["move", "TEA-1", "north", "-2"])
    #expect(fingerprint.bits == 0x8a45_1e56_96758c72_f8c1d0bf7f07efe7)
    #expect(fingerprint.version == 1)
    #expect(Fingerprint(version: 1, fields: [nil]).bits == 0x21dd4d68_2d63b0c9_0b5416bd_6fad468e)
    #expect(Fingerprint(version: 1, fields: [""]).bits == 0x01cf85cf_eb36d628_ca2e6f58_3fa2331b)
    #expect(Fingerprint(version: 2, fields: [""]).bits == 0x3686cb37_b7fe4758_ac2024a7_6e30a4c6)
  }

  @Test func `is another where a text moved from one field to the next`() {
    #expect(Fingerprint(version: 1, fields: ["ab", "c"]) != Fingerprint(version: 1, fields: ["a", "bc"]))
  }
}
