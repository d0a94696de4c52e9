import XCTest
import PassidWalletCore
@testable import PassidWallet

final class RequestLinkTests: XCTestCase {
    func testOnlyOurLinksAndTheShapeOfACodePass() {
        for text in ["passid://verify-request?r=1&i=2", " AB3X-7YQM\n", "ab3x7yqm", "AB3X 7YQM"] {
            XCTAssertNotNil(RequestLink(text), text)
        }
        for text in [nil, "", "https://verify-request?r=1", "passid://other?r=1", "PASSID://verify-request?r=1", String(repeating: "x", count: 5_000)] {
            XCTAssertNil(RequestLink(text))
        }
        XCTAssertFalse("\(RequestLink("AB3X-7YQM")!)".contains("AB3X"))
    }

    func testFailuresBecomeStatesAndAdvice() {
        XCTAssertEqual(WalletFailure.Keystore(code: "keystore_locked", explanation: "").advice, .unlock)
        XCTAssertEqual(WalletFailure.Vault(code: "vault_damaged", explanation: "").advice, .restore)
        XCTAssertEqual(ConsentState.of(.Consent(code: "request_changed", explanation: "")), .changed)
        XCTAssertEqual(ConsentState.of(.Presentation(code: "outcome_unknown", explanation: "")), .unknown)
    }
}
