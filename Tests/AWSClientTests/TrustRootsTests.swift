import AWSSigning
import Basics
import NIOSSL
import Testing

@testable import AWSClient

@Suite struct TrustRootsTests {
    @Test func theEmbeddedRootsAreTheFiveThatAWSPublishes() throws {
        let subjects = try AmazonRoots.base64.map { text in
            let certificate = try NIOSSLCertificate(bytes: #require([UInt8](base64: text)), format: .der)
            return try certificate.extractPublicKey().toSPKIBytes().count
        }
        #expect(subjects.count == 5)
        let digests = try AmazonRoots.base64.map {
            SHA256.hexadecimal(of: try #require([UInt8](base64: $0))).prefix(16)
        }
        #expect(
            digests == [
                "8ecde6884f3d87b1", "1ba5b2aa8c65401a", "18ce6cfe7bf14e60", "e35d28419ed02025", "568d6905a2c88708",
            ]
        )
    }

    @Test func awsHostsTryTheEmbeddedRootsFirst() {
        for host in [
            "iam.amazonaws.com", "sts.cn-north-1.amazonaws.com.cn", "sns.us-east-1.api.aws",
            "vpce-1.sts.us-east-1.vpce.amazonaws.com",
        ] {
            #expect(TrustRoots.order(forHost: host, caBundle: nil) == [.amazon, .system])
            #expect(TrustRoots.order(forHost: host, caBundle: "/x") == [.bundle("/x")])
        }
        for host in ["localhost", "127.0.0.1", "evilamazonaws.com", "amazonaws.com.example.org"] {
            #expect(TrustRoots.order(forHost: host, caBundle: nil) == [.system])
        }
    }

    @Test(arguments: ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYmFy"]) func base64Decodes(_ text: String) throws {
        #expect(Array("foobar".utf8).starts(with: try #require([UInt8](base64: text))))
    }

    @Test(arguments: ["Z", "Zg=", "Zg===", "Z!==", "Zg==Zg=="]) func otherTextIsNotBase64(_ text: String) {
        #expect([UInt8](base64: text) == nil)
    }
}
