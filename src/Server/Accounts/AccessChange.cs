namespace Yunnao.Server.Accounts;

/// <summary>A line of the list of single tokens that are not valid any more, which every process reads each second.</summary>
public sealed class AccessChange
{
    public long Number { get; set; }

    /// <summary>Id of a token, or of an authorization with all its tokens.</summary>
    public string Token { get; set; } = "";

    /// <summary>UTC; older than the longest life of an access token, a line says nothing any more.</summary>
    public DateTime Time { get; set; }
}
