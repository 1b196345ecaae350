namespace Yunnao.Server.Connect;

/// <summary>What tokens are called and how long they live.</summary>
public static class ConnectOptions
{
    /// <summary>The audience of access tokens: this platform's interfaces.</summary>
    public const string Audience = "yunnao";

    /// <summary>Where tokens are asked for, from the address of the server on.</summary>
    public const string TokenPath = "connect/token";

    /// <summary>The scope that asks for an access token to the interfaces.</summary>
    public const string ApiScope = "yunnao";

    /// <summary>Claim of the generation that a token was made in, see <see cref="Accounts.AccessGate"/>.</summary>
    public const string GenerationClaim = "yn_gen";

    /// <summary>Claim of the account's security stamp; only in codes and refresh tokens, which are encrypted.</summary>
    public const string StampClaim = "yn_stamp";

    /// <summary>Claim of the encounter that a record system was looking at; only in codes and refresh tokens.</summary>
    public const string EncounterClaim = "yn_encounter";

    public static readonly TimeSpan AccessTokenLife = TimeSpan.FromMinutes(30);

    public static readonly TimeSpan RefreshTokenLife = TimeSpan.FromHours(12);
}
