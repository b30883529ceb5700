import Testing

@testable import AWSClient

@Suite struct ProfileFileTests {
    private func file(_ profile: String, asked: Bool = true, config: String = "", credentials: String = "")
        -> ProfileFile
    {
        ProfileFile(
            profile: profile,
            isAskedFor: asked,
            config: Array(config.utf8),
            credentials: Array(credentials.utf8)
        )
    }

    @Test func keysOfTheCredentialsFileGoBeforeTheConfigFile() throws {
        let read = file(
            "work",
            config:
                "[default]\nregion = us-east-1\n[ profile  work ]\nregion=eu-west-1 # near\naws_access_key_id = c\naws_secret_access_key=x\n",
            credentials:
                "# comment\n[work]\r\naws_access_key_id = A\r\naws_secret_access_key = S/+=\n; more\naws_session_token=T==\n  nested = 1\n[other]\naws_access_key_id=O\n"
        )
        #expect(read.region == "eu-west-1")
        let credentials = try #require(try read.credentials())
        #expect(credentials == Credentials(accessKeyID: "A", secretAccessKey: "S/+=", sessionToken: "T=="))
    }

    @Test func defaultIsFoundUnderBothNames() throws {
        #expect(file("default", asked: false, config: "[profile default]\nregion = r1").region == "r1")
        #expect(file("default", asked: false, config: "[default]\nregion = r1").region == "r1")
        #expect(try file("default", asked: false).credentials() == nil)
        #expect(try file("default", asked: false, config: "[default]\nregion = x").credentials() == nil)
    }

    @Test(arguments: [
        ("", "no such profile"), ("[profile work]\nregion = x", "aws_access_key_id"),
        ("[profile work]\nsso_session = s", "export-credentials"),
        ("[profile work]\nrole_arn = arn:aws:iam::1:role/x", "role_arn"),
    ])
    func aProfileWithoutKeysIsAnErrorThatNamesIt(_ config: String, _ hint: String) {
        let error = #expect(throws: AWSError.self) { try file("work", config: config).credentials() }
        #expect(error?.kind == .configuration)
        #expect(error?.message.contains("'work'") == true)
        #expect(error?.message.contains(hint) == true)
    }
}
