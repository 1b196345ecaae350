using Xunit;

[assembly: AssemblyFixture(typeof(Yunnao.Tests.Engines.Trust.EndOfPrivatePostgreSql))]

namespace Yunnao.Tests.Engines.Trust;

/// <summary>Stops the server while the tests still run: a process that takes ten seconds to end counts as one that failed.</summary>
public sealed class EndOfPrivatePostgreSql : IDisposable
{
    public void Dispose() => PrivatePostgreSql.Stop();
}
