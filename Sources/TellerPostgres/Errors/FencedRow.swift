import Foundation
internal import PostgresClient
internal import Teller

/// The actual row behind a refused fence: TL001 carries it as JSON in its DETAIL.
enum FencedRow {
  static let state = "TL001"

  private struct Detail: Decodable {
    let epoch: Int64
    let owner: String
    let next_offset: Int64
  }

  static func failure(_ error: PostgresError) -> StoreFailure {
    guard let detail = error.detail,
      let row = try? JSONDecoder().decode(Detail.self, from: Data(detail.utf8))
    else {
      return StoreFailure(
        .unexpected, code: state, message: "the guard was refused and did not say by whom",
        hint: "The partition's row is missing, or the schema is not Teller's. Run teller migrate.")
    }
    let actual = OwnerRow(epoch: row.epoch, owner: row.owner, nextOffset: row.next_offset)
    return StoreFailure(.fenced(actual), code: state, message: error.message)
  }
}
