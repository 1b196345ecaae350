using Yunnao.Lake.Scopes;
using Yunnao.Standards;

namespace Yunnao.Trust.Rights;

/// <summary>
/// The maker of the Scope of whoever runs the program on the machine that holds the data folder, and so could read the file anyway:
/// all rows, every item that can be delivered, and the lake's own tables. Identifying values are in the vault and not reached.
/// </summary>
public static class LocalAdministrator
{
    /// <summary>The name under which the audit knows whoever runs the program.</summary>
    public static string Name => $"local:{Environment.UserName}";

    /// <summary>A Scope over these data sets.</summary>
    /// <param name="purpose">What for, for example the command; for the audit.</param>
    public static Scope ScopeOver(IEnumerable<DataSet> dataSets, string purpose) => new(Name, purpose, dataSets.ToDictionary(d => d.Id, All), operations: true);

    private static DataSetScope All(DataSet dataSet) =>
        new(RowFilter.All, ItemAction.Clear, dataSet.Items.ToDictionary(i => i.Name, _ => ItemAction.Clear));
}
