using Xunit;

namespace Yunnao.Tests.EndToEnd.Server;

public sealed class Token_attack_tests(TestServer server) : Token_attack_facts(server), IClassFixture<TestServer>;
