namespace Yunnao.Lake.Scopes;

/// <summary>
/// Which subjects' rows a Scope reaches by what they decided; the engine joins with the decisions that it was given
/// (<see cref="ILakeEngine.PutConsentsAsync"/>). A decision for the recipient goes before one for everybody.
/// </summary>
/// <param name="OptIn">True: only subjects who consented. False: all but those who refused.</param>
/// <param name="At">The moment at which decisions must hold, UTC.</param>
public sealed record ConsentFilter(string Purpose, string Recipient, bool OptIn, DateTime At);
