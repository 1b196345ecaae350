using System.Text;
using Xunit;
using Yunnao.Services.Mapping;
using Yunnao.Tests.Unit.Synthetic;

namespace Yunnao.Tests.Mapping;

/// <summary>Tables as Chinese hospital and laboratory systems write them, against the registry of the repository.</summary>
public sealed class MappingGuessTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("yunnao-guess-").FullName;

    /// <summary>Name, data set, header with its truth (column=item, a column without an item stands alone), rows.</summary>
    public static TheoryData<string, string, string, string> Tables => new()
    {
        {
            "LIS, Chinese names", "lab.result",
            "病人ID=patient_id,报告单号=report_no,序号=item_no,项目代码=item_code,项目名称=item_name,检验结果=result_text,单位=unit,参考下限=reference_low,参考上限=reference_high,异常标志=abnormal_flag,标本类型=specimen_code,采样时间=sampled_time,报告时间=report_time,备注=remark",
            """
            00012345,L20260101001,1,WBC,白细胞计数,11.2,10*9/L,3.5,9.5,H,血清,2026-01-01 08:10:00,2026-01-01 10:20:00,
            00012345,L20260101001,2,HGB,血红蛋白,132,g/L,115,150,N,血清,2026-01-01 08:10:00,2026-01-01 10:20:00,溶血
            00012377,L20260101002,1,GLU,葡萄糖,5.4,mmol/L,3.9,6.1,N,血清,2026-01-01 08:30:00,2026-01-01 10:40:00,
            """
        },
        {
            "LIS, pinyin initials", "lab.result",
            "JGDM=org_code,BRBH=patient_id,BGDH=report_no,JYXMDM=item_code,JYXMMC=item_name,JYJG,JLDW=unit,CKZXX=reference_low,CKZSX=reference_high,BBLBDM=specimen_code,BGRQSJ=report_time",
            """
            42010001,P001,R001,WBC,白细胞,11.2,10*9/L,3.5,9.5,01,2026/1/1 10:20
            42010001,P001,R001,HGB,血红蛋白,132,g/L,115,150,01,2026/1/1 10:20
            42010001,P002,R002,GLU,葡萄糖,5.4,mmol/L,3.9,6.1,02,2026/1/1 10:40
            """
        },
        {
            "HIS patients, pinyin initials", "person.basic",
            "HZBS=patient_id,XM=name,XB=sex,CSRQ=birth_date,SFZJHM=id_number,DHHM=phone,HYZK=marital,MZ=ethnic,XZZ=address,DJRQSJ=registered_time",
            """
            P001,张三,1,1980-05-06,11010519491231002X,13800000001,20,01,武汉市江岸区测试路1号,2025-01-01 08:00:00
            P002,李四,2,1990-11-16,110105194912310046,13800000002,10,01,武汉市江汉区测试路2号,2025-01-02 08:00:00
            """
        },
        {
            "HIS patients, English names", "person.basic",
            "PATIENT_ID=patient_id,NAME=name,SEX=sex,BIRTH_DATE=birth_date,ID_NUMBER=id_number,PHONE=phone,ADDRESS=address,REGISTERED_TIME=registered_time,NATIONALITY=nationality",
            """
            P001,张三,男,19800506,11010519491231002X,13800000001,武汉市江岸区测试路1号,2025-01-01 08:00:00,156
            P002,李四,女,19901116,110105194912310046,13800000002,武汉市江汉区测试路2号,2025-01-02 08:00:00,156
            """
        },
        {
            "HIS prescriptions, Chinese names", "drug.prescription",
            "患者标识=patient_id,处方号=prescription_no,处方行号=item_no,药品代码=drug_code,药品名称=drug_name,规格=spec,单次剂量=dose,剂量单位=dose_unit,频次=frequency,用药途径=route,数量=quantity,单价=price,金额=amount,开方医生=doctor_code,开立时间=prescribed_time",
            """
            P001,RX1,1,A10BA02,盐酸二甲双胍片,0.5g*20,0.5,g,bid,口服,2,18.5,37.0,D01,2026-01-03 09:00:00
            P002,RX2,1,C08CA01,苯磺酸氨氯地平片,5mg*28,5,mg,qd,口服,1,30,30,D02,2026-01-03 10:00:00
            """
        },
        {
            "RIS reports, Chinese names", "exam.report",
            "患者标识=patient_id,报告单编号=report_no,检查项目=exam_name,检查部位=body_part_text,检查所见=findings,检查提示=impression,检查时间=exam_time,报告时间=report_time,报告医师=reporter_code,审核医师=reviewer_code",
            """
            P001,CT001,胸部CT平扫,胸部,双肺纹理清晰,未见明显异常,2026-01-05 09:00:00,2026-01-05 10:30:00,D11,D12
            P002,CT002,头颅CT平扫,头部,脑实质密度均匀,未见明显异常,2026-01-05 09:30:00,2026-01-05 11:00:00,D11,D12
            """
        },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Tables))]
    public void The_data_set_and_most_items_of_a_hospital_table_are_found(string name, string dataSet, string header, string rows)
    {
        var columns = header.Split(',').Select(c => c.Split('=')).ToList();
        var table = Read("sample.csv", string.Join(',', columns.Select(c => c[0])) + "\n" + rows + "\n");
        var guess = MappingGuess.Of(table, TestCity.Registry, null, 1)[0];
        var truth = columns.Where(c => c.Length == 2).ToDictionary(c => c[0], c => c[1], StringComparer.Ordinal);
        var found = guess.Items.Count(i => truth.GetValueOrDefault(i.Column.Name) == i.Item.Name);
        var wrong = guess.Items.Where(i => truth.GetValueOrDefault(i.Column.Name) != i.Item.Name).Select(i => $"{i.Column.Name}→{i.Item.Name} {i.Confidence:0.00}").ToList();
        var missed = truth.Where(t => guess.Items.All(i => i.Column.Name != t.Key || i.Item.Name != t.Value)).Select(t => t.Key).ToList();
        output.WriteLine($"{name}: {guess.DataSet.Id} {guess.Confidence:0.00}, {found} of {truth.Count}; wrong: {string.Join(", ", wrong)}; missed: {string.Join(", ", missed)}");
        Assert.Equal(dataSet, guess.DataSet.Id);
        Assert.True(found >= truth.Count * 0.75, $"{found} of {truth.Count}; missed {string.Join(", ", missed)}; wrong {string.Join(", ", wrong)}");
    }

    [Fact]
    public void Values_tell_apart_what_the_name_leaves_open()
    {
        // Both columns could be the time of the report by their names; one holds no times.
        var table = Read("values.csv", "报告时间,报告日期时间\n已审核,2026-01-01 10:00:00\n未审核,2026-01-01 11:00:00\n");
        var guess = MappingGuess.Of(table, TestCity.Registry, TestCity.Registry.DataSets["lab.result"], 1)[0];
        Assert.Equal("报告日期时间", guess.Items.Single(i => i.Item.Name == "report_time").Column.Name);
    }

    [Fact]
    public void Times_get_their_format_and_words_for_codes_a_code_map()
    {
        var table = Read("formats.csv", "患者标识,性别,出生日期,登记日期时间\nP1,男性,19800506,2025/1/2 8:00\nP2,女性,19901116,2025/12/31 18:30\nP3,女性,19700101,2025/3/1 9:05\n");
        var guess = MappingGuess.Of(table, TestCity.Registry, TestCity.Registry.DataSets["person.basic"], 1)[0];
        var draft = MappingDraft.Write("hospital-x", "PAT*.csv", table, guess);
        Assert.Contains("birth_date: { from: 出生日期, format: \"%Y%m%d\" }", draft, StringComparison.Ordinal);
        Assert.Contains("registered_time: { from: 登记日期时间, format: \"%Y/%m/%d %H:%M\" }", draft, StringComparison.Ordinal);
        Assert.Contains("sex: { from: 性别, codes: hospital-x-sex }", draft, StringComparison.Ordinal);
        Assert.Equal("source,target,name\n女性,2,女性\n男性,1,男性\n", MappingDraft.CodeMaps("hospital-x", guess)["hospital-x-sex"]);
    }

    [Fact]
    public void Confidence_falls_with_values_that_do_not_fit()
    {
        double Of(string value)
        {
            var table = Read("confidence.csv", $"患者标识,身份证件号码\nP1,{value}\n");
            return MappingGuess.Of(table, TestCity.Registry, TestCity.Registry.DataSets["person.basic"], 1)[0].Items.FirstOrDefault(i => i.Item.Name == "id_number")?.Confidence ?? 0;
        }

        Assert.True(Of("11010519491231002X") > 0.9);
        Assert.True(Of("110105194912310029") < 0.6);
    }

    [Fact]
    public void A_table_of_something_else_gets_little_confidence()
    {
        var table = Read("stock.csv", "货架,托盘,叉车司机\nA1,T1,王五\nA2,T2,赵六\n");
        Assert.True(MappingGuess.Of(table, TestCity.Registry, null, 1)[0].Confidence < 0.3);
    }

    private SampleTable Read(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text, new UTF8Encoding(false));
        return SampleTable.Read(path).Value;
    }
}
