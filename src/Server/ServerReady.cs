namespace Yunnao.Server;

/// <summary>What a server that answers says of itself.</summary>
/// <param name="Socket">Path of the socket of the command line.</param>
/// <param name="AdministratorPassword">The first administrator's password, once, when it was made just now.</param>
public sealed record ServerReady(Uri Url, string Socket, string? AdministratorPassword)
{
    /// <summary>The parts, for tests that look at them.</summary>
    internal IServiceProvider? Parts { get; init; }
}
