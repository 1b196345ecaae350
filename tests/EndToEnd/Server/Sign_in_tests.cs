using Xunit;

namespace Yunnao.Tests.EndToEnd.Server;

public sealed class Sign_in_tests(TestServer server) : Sign_in_facts(server), IClassFixture<TestServer>;
