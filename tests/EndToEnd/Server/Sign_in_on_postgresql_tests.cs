using Xunit;

namespace Yunnao.Tests.EndToEnd.Server;

/// <summary>The same facts with accounts, applications and tokens in PostgreSQL.</summary>
public sealed class Sign_in_on_postgresql_tests(PostgreSqlServer server) : Sign_in_facts(server.OrSkip()), IClassFixture<PostgreSqlServer>;
