namespace Yunnao.Services.Web;

/// <summary>A body that an endpoint takes, as the description of the interfaces shows it.</summary>
/// <param name="Json">JSON text.</param>
public sealed record BodyExample(string Json);
