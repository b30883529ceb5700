import AWSClient
import AWSOperations
import Basics
import Testing

@Suite struct IAMTests {
    @Test func readsARolesDescriptionAndLastUse() throws {
        let operation = GetRole(roleName: "Test-Role", partition: .aws)
        #expect(try body(operation) == "Action=GetRole&Version=2010-05-08&RoleName=Test-Role")
        let role = try read(
            operation,
            """
            <GetRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetRoleResult><Role><Path>/application/</Path>
            <Arn>arn:aws:iam::123456789012:role/application/Test-Role</Arn><RoleName>Test-Role</RoleName>
            <Description>Reads</Description><AssumeRolePolicyDocument>%7B%7D</AssumeRolePolicyDocument>
            <CreateDate>2013-04-18T05:01:58Z</CreateDate><RoleId>AROADBQP57FF2AEXAMPLE</RoleId>
            <RoleLastUsed><LastUsedDate>2019-11-20T17:09:20Z</LastUsedDate><Region>us-east-1</Region></RoleLastUsed>
            <Tags><member><Key>a</Key><Value>b</Value></member></Tags></Role></GetRoleResult></GetRoleResponse>
            """
        )
        #expect(
            role
                == Role(
                    arn: "arn:aws:iam::123456789012:role/application/Test-Role",
                    name: "Test-Role",
                    path: "/application/",
                    trustPolicy: "{}",
                    tags: [Tag("a", "b")],
                    description: "Reads",
                    createdAt: time("2013-04-18T05:01:58Z"),
                    lastUsed: time("2019-11-20T17:09:20Z")
                )
        )
    }

    @Test func readsAUser() throws {
        let operation = GetUser(userName: "Bob", partition: .usGovernment)
        #expect(operation.region.name == "us-gov-west-1")
        #expect(try body(operation) == "Action=GetUser&Version=2010-05-08&UserName=Bob")
        let user = try read(
            operation,
            """
            <GetUserResponse><GetUserResult><User><UserId>AIDACKCEVSQ6C2EXAMPLE</UserId>
            <Path>/division_abc/subdivision_xyz/</Path><UserName>Bob</UserName>
            <Arn>arn:aws:iam::123456789012:user/division_abc/subdivision_xyz/Bob</Arn>
            <CreateDate>2013-10-02T17:01:44Z</CreateDate><PasswordLastUsed>2014-10-10T14:37:51Z</PasswordLastUsed>
            <Tags><member><Key>t</Key><Value/></member></Tags></User></GetUserResult></GetUserResponse>
            """
        )
        #expect(
            user
                == ResourceDescription(
                    arn: "arn:aws:iam::123456789012:user/division_abc/subdivision_xyz/Bob",
                    name: "Bob",
                    path: "/division_abc/subdivision_xyz/",
                    createdAt: time("2013-10-02T17:01:44Z"),
                    lastUsed: time("2014-10-10T14:37:51Z"),
                    tags: [Tag("t", "")]
                )
        )
        #expect(
            refusal(operation, "<GetUserResponse><GetUserResult><User/></GetUserResult></GetUserResponse>")
                == .unavailable
        )
        #expect(
            refusal(
                operation,
                """
                <GetUserResponse><GetUserResult><User><Arn>a</Arn><CreateDate>soon</CreateDate></User></GetUserResult>
                </GetUserResponse>
                """
            ) == .unavailable
        )
    }
}
