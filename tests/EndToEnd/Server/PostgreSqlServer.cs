using Xunit;
using Yunnao.Tests.Engines.Trust;

namespace Yunnao.Tests.EndToEnd.Server;

/// <summary>The same server with its control data in a private PostgreSQL; nothing runs where there is none to be had.</summary>
public sealed class PostgreSqlServer() : TestServer(PrivatePostgreSql.NewDatabase())
{
    public override ValueTask InitializeAsync() => Options.PostgreSql is null ? ValueTask.CompletedTask : base.InitializeAsync();

    /// <summary>For the constructor of a class of tests.</summary>
    internal PostgreSqlServer OrSkip()
    {
        Assert.SkipWhen(Options.PostgreSql is null, PrivatePostgreSql.HowToGet);
        return this;
    }
}
