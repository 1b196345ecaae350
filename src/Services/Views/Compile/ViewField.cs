namespace Yunnao.Services.Views.Compile;

/// <summary>A column of a compiled view.</summary>
/// <param name="Sql">Its value; of <paramref name="SqlType"/>.</param>
/// <param name="SqlType">Type in SQL, <c>[]</c> behind it when it is a list.</param>
internal sealed record ViewField(string Name, string Sql, string SqlType, string Where);
