namespace Yunnao.Services.Surveillance.Counting;

/// <summary>How two CSV files hold a line list and its contacts.</summary>
/// <param name="Cases">The line list: a row a case.</param>
/// <param name="Contacts">The contacts: a row a pair.</param>
/// <param name="Id">Column of the line list with the identifier of the case.</param>
/// <param name="Onset">Column of the line list with the day of onset.</param>
/// <param name="From">Column of the contacts with the case that may have infected.</param>
/// <param name="To">Column of the contacts with the case that may have been infected.</param>
public sealed record LineListFiles(string Cases, string Contacts, string Id, string Onset, string From, string To);
