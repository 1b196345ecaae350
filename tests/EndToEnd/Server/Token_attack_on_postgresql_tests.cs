using Xunit;

namespace Yunnao.Tests.EndToEnd.Server;

/// <summary>The same facts with accounts, applications and tokens in PostgreSQL.</summary>
public sealed class Token_attack_on_postgresql_tests(PostgreSqlServer server) : Token_attack_facts(server.OrSkip()), IClassFixture<PostgreSqlServer>;
