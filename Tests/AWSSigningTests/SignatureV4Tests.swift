import AWSSigning
import Basics
import Testing

@Suite struct SignatureV4Tests {
    private static let signer = SignatureV4()

    private func sign(_ golden: Golden, with signer: SignatureV4) -> [(name: String, value: String)] {
        signer.headers(
            for: golden.request,
            credentials: SigningCredentials(
                accessKeyID: "AKIDEXAMPLE",
                secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                sessionToken: golden.token
            ),
            scope: SigningScope(region: golden.region, service: golden.service, isS3: golden.service == "s3"),
            date: golden.date
        )
    }

    @Test func goldensAreThere() {
        #expect(Golden.all.count == 38)
    }

    @Test(arguments: Golden.all) func signaturesEqualBotocores(_ golden: Golden) {
        // Once with a fresh signer and twice with one whose keys are kept from all cases.
        for signer in [SignatureV4(), Self.signer, Self.signer] {
            let headers = sign(golden, with: signer)
            #expect(headers.first { $0.name == "authorization" }?.value == golden.authorization)
            #expect(headers.first { $0.name == "x-amz-date" }?.value == golden.basicDate)
            #expect(headers.first { $0.name == "x-amz-security-token" }?.value == golden.token)
            let hash = headers.first { $0.name == "x-amz-content-sha256" }?.value
            #expect(hash == (golden.service == "s3" ? golden.payloadHash : nil))
        }
    }

    @Test(arguments: Golden.all) func payloadHashesEqualBotocores(_ golden: Golden) {
        #expect(SHA256.hexadecimal(of: golden.body) == golden.payloadHash)
    }

    @Test func aSecretOfTheSameKeyIDHasItsOwnSigningKey() {
        let signer = SignatureV4()
        let request = SignableRequest(method: "GET", host: "h", path: "/", payloadHash: SHA256.hexadecimal(of: []))
        let signatures = ["one", "two", "one"].map { secret in
            signer.headers(
                for: request,
                credentials: SigningCredentials(accessKeyID: "A", secretAccessKey: secret, sessionToken: nil),
                scope: SigningScope(region: "us-east-1", service: "iam"),
                date: Timestamp(secondsSinceEpoch: 0)
            ).last?.value
        }
        #expect(signatures[0] != signatures[1])
        #expect(signatures[0] == signatures[2])
    }
}
